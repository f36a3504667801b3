import { AtomModule } from 'atomjs';
import { GreeterService } from './greeter-service.js';

@AtomModule({ services: [GreeterService] })
export class GreeterModule {}
